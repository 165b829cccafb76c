/* Sends files in chunks by the tus protocol: what has come stays, whatever breaks in between. */

import { expired } from "../js/requests.js";
import { batches } from "./collect.js";

const MOST_OFFERED = 500, AT_ONCE = 3;
const RETRY_MS = [500, 1000, 2000, 4000, 8000, ...Array(40).fill(15000)];
/* Refusals that another try may not meet: a chunk that came twice, was damaged, a busy portal. */
const PASSING = new Set([0, 409, 423, 429, 460]);

const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
const headers = () => ({ "X-CSRFToken": token(), "HX-Request": "true" });

const ask = async (url, body) => {
  let answer;
  try {
    answer = await fetch(url, { method: "POST", headers: { ...headers(), "Content-Type": "application/json" }, body: JSON.stringify(body) });
  } catch { throw new Error("The portal did not answer. Try again in a moment."); }
  if (answer.ok) return answer.status === 204 ? {} : answer;
  if (answer.status === 401) expired();
  const said = await answer.json().catch(() => ({}));
  throw new Error(said.sentence || `The portal answered ${answer.status}.`);
};

/* Each chunk carries its checksum where the browser can compute one: over HTTPS and at home. */
const stack = () => {
  const { DefaultHttpStack } = window.tus;
  const plain = new DefaultHttpStack({});
  return {
    getName: () => "checksums",
    createRequest: (method, url) => {
      const request = plain.createRequest(method, url), { subtle } = window.crypto;
      if (method !== "PATCH" || !subtle) return request;
      const send = request.send.bind(request);
      request.send = async (body = null) => {
        const digest = new Uint8Array(await subtle.digest("SHA-256", await body.arrayBuffer()));
        request.setHeader("Upload-Checksum", `sha256 ${btoa(String.fromCharCode(...digest))}`);
        return send(body);
      };
      return request;
    },
  };
};

export class Sending {
  constructor(files, { urls, chunkBytes, changed }) {
    this.files = files.map(({ path, file }) => ({ path, file, sent: 0, state: "waiting" }));
    this.urls = urls;
    this.chunkBytes = chunkBytes;
    this.changed = changed;
    this.total = files.reduce((sum, { file }) => sum + file.size, 0);
    this.isPaused = false;
    this.failed = [];
    this.uploads = new Set();
  }

  get sent() { return this.files.reduce((sum, each) => sum + each.sent, 0); }
  get done() { return this.files.filter((each) => each.state === "done").length; }

  /* Room for all files is made before anything is sent: what cannot be kept is said at once. */
  async offer() {
    const rows = await batches(this.files, MOST_OFFERED).reduce(async (before, some) => {
      const known = await before; // one list after the other: each proves what is left
      const answer = await ask(this.urls.files, { files: some.map(({ path, file }) => ({ path, size: file.size })) });
      return [...known, ...(await answer.json()).files];
    }, Promise.resolve([]));
    this.files.forEach((each, n) => {
      each.url = rows[n].url;
      each.sent = rows[n].received;
      if (each.sent === each.file.size) each.state = "done";
    });
    this.before = this.sent;
    this.began = Date.now();
  }

  run() {
    return new Promise((resolve) => {
      this.resolve = resolve;
      this.next();
    });
  }

  next() {
    if (this.isPaused) return;
    const running = this.files.filter((each) => each.state === "sending").length;
    const waiting = this.files.filter((each) => each.state === "waiting");
    if (!running && !waiting.length) { this.resolve(); return; }
    waiting.slice(0, AT_ONCE - running).forEach((each) => this.start(each));
  }

  start(each) {
    each.state = "sending";
    const ended = (state, reason = "") => {
      this.uploads.delete(upload);
      each.state = state;
      if (state === "done") each.sent = each.file.size;
      else this.failed.push(`${each.path}: ${reason}`);
      this.changed(this);
      this.next();
    };
    const upload = new window.tus.Upload(each.file, {
      uploadUrl: each.url,
      chunkSize: this.chunkBytes,
      retryDelays: RETRY_MS,
      headers: headers(),
      httpStack: stack(),
      storeFingerprintForResuming: false,
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0;
        return PASSING.has(status) || status >= 500;
      },
      onProgress: (sent) => { each.sent = sent; this.changed(this); },
      onSuccess: () => ended("done"),
      onError: (error) => {
        const status = error.originalResponse?.getStatus();
        if (status === 401) expired();
        ended("failed", status === 404 ? "it was removed meanwhile" : "it could not be sent");
      },
    });
    each.upload = upload;
    this.uploads.add(upload);
    upload.start();
  }

  pause() {
    this.isPaused = true;
    this.uploads.forEach((upload) => upload.abort());
    this.changed(this);
  }

  goOn() {
    this.isPaused = false;
    this.uploads.forEach((upload) => upload.start());
    this.before = this.sent;
    this.began = Date.now();
    this.next();
    this.changed(this);
  }

  get leftS() {
    const rate = (this.sent - this.before) / (Date.now() - this.began);
    return rate > 0 ? (this.total - this.sent) / rate / 1000 : NaN;
  }
}

export const begin = async (url) => (await ask(url, {})).json();
export const read = (url) => ask(url, {});
