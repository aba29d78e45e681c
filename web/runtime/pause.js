// Ends the current task, so that the page can respond: https://developer.mozilla.org/docs/Web/API/Scheduler/yield
const channel = new MessageChannel();
const resolvers = [];
channel.port1.onmessage = () => resolvers.shift()();

export const pause = () =>
  globalThis.scheduler?.yield
    ? scheduler.yield()
    : new Promise((resolve) => {
        resolvers.push(resolve); // browsers without scheduler.yield; a timer would wait 4 ms
        channel.port2.postMessage(0);
      });
