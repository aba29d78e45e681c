// A task's end, so that the page gets its turn: https://developer.mozilla.org/docs/Web/API/Scheduler/yield
const channel = new MessageChannel();
const waiting = [];
channel.port1.onmessage = () => waiting.shift()();

export const pause = () =>
  globalThis.scheduler?.yield
    ? scheduler.yield()
    : new Promise((resume) => {
        waiting.push(resume); // Firefox and Safari before they have it; a timer would wait 4 ms
        channel.port2.postMessage(0);
      });
