import { equal, test, until } from "./harness.js";

/* Requests as the server sees them: their calls, and a stream to answer on. */
const asked = [];
const serve = (url, { body, signal }) => new Promise((resolve, reject) => {
  let stream = null;
  const lines = new ReadableStream({ start(controller) { stream = controller; } });
  const request = { outputs: [JSON.parse(body)].flat().map(({ output }) => output), isGone: false };
  request.say = (words) => {
    const place = request.outputs.findIndex((output) => words.endsWith(output));
    stream.enqueue(new TextEncoder().encode(`200 ${place} ${JSON.stringify(words)}\n`));
  };
  request.end = () => stream.close();
  signal.addEventListener("abort", () => { request.isGone = true; stream.error(signal.reason); reject(signal.reason); });
  asked.push(request);
  resolve(new Response(lines));
});
const own = window.fetch;
window.fetch = serve;
await new Promise((done) => { document.head.append(Object.assign(document.createElement("script"), { src: "/js/calls.js", onload: done })); });
const call = window.fetch;
window.fetch = own;

const outcome = async (answer) => ((await answer).status === 204 ? null : (await answer).json());
const ask = (output) => outcome(call("/dash/app/_dash-update-component", { body: JSON.stringify({ output }) }));
const request = async (...outputs) => {
  const before = asked.length, answers = outputs.map(ask);
  await until(() => asked.length > before);
  return [asked.at(-1), answers];
};

test("calls of one moment travel together, each answered by its own line", async () => {
  const [sent, answers] = await request("a", "b");
  equal(sent.outputs, ["a", "b"]);
  sent.say("of a");
  equal(await answers[0], "of a");
  sent.say("of b");
  sent.end();
  equal(await answers[1], "of b");
});
test("an answer that comes before those asked earlier is given at once", async () => {
  const [sent, [first, second]] = await request("a", "b");
  sent.say("of b");
  equal(await second, "of b");
  sent.say("of a");
  sent.end();
  equal(await first, "of a");
});
test("a request none of whose answers is wanted any more is let go", async () => {
  const [old, answers] = await request("a", "b");
  const [fresh, later] = await request("b", "a");
  equal([old.isGone, fresh.isGone], [true, false]);
  equal(await Promise.all(answers), [null, null]);
  fresh.say("of b");
  fresh.say("of a");
  fresh.end();
  equal(await Promise.all(later), ["of b", "of a"]);
});
test("a request is kept while one of its answers is still wanted", async () => {
  const [old, [first, second]] = await request("a", "b");
  const [fresh, [later]] = await request("a", "c");
  equal(old.isGone, false);
  old.say("old a");
  old.say("of b");
  old.end();
  equal([await first, await second], ["old a", "of b"]);
  fresh.say("new a");
  fresh.end();
  equal(await later, "new a");
});
test("what was answered already does not hold a request back", async () => {
  const [old, [first, second]] = await request("a", "b");
  old.say("of a");
  equal(await first, "of a");
  await request("b", "c");
  equal([old.isGone, await second], [true, null]);
});
