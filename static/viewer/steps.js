/* Keys that lead from one signal to the next. One that is pressed before its signal has come waits for
   it, however long that takes: its neighbours are not known before. Whoever goes elsewhere meanwhile
   lets go of what waits, for it was not meant for that signal. */

/* `at` is the signal in the address, `shownAt` the one whose neighbours are there; `step` goes to one
   of these, `tell` is told how many presses wait. */
export const createSteps = ({ at, shownAt, step, tell }) => {
  const waiting = [];
  let from = null;
  const steps = {
    get waiting() { return waiting.length; },
    press(side) {
      if (!waiting.length) from = at();
      waiting.push(side);
      steps.look();
    },
    look() {
      if (at() !== from) waiting.length = 0;
      while (waiting.length && shownAt() === from) {
        step(waiting.shift());
        from = at();
      }
      tell(waiting.length);
    },
    /* Where the signal cannot be shown; returns how many presses came to nothing. */
    drop() {
      const n = shownAt() === from ? 0 : waiting.splice(0).length;
      tell(waiting.length);
      return n;
    },
  };
  return steps;
};
