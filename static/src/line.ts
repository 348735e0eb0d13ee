// A connection as pages make it: to their own server, with the visitor's name, and all else as it usually is.

import { Connection, type ConnectionOptions } from "./connection";
import { visitorOf } from "./visitor";

/** Connects; what the page wants to be told of is given, the rest is not told. */
export function openLine(told: Partial<ConnectionOptions>): Connection {
  const connection = new Connection({
    socket: () => new WebSocket(new URL("/ws", location.href.replace(/^http/, "ws"))),
    visitor: visitorOf(localStorage, (bytes) => crypto.getRandomValues(bytes)),
    wait: (milliseconds, then) => void setTimeout(then, milliseconds),
    random: Math.random,
    resume: () => null,
    status: () => {},
    welcome: () => {},
    scene: () => {},
    error: () => {},
    ...told,
  });
  window.addEventListener("online", () => connection.retry());
  return connection;
}
