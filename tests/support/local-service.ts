/** A server that behaves like a service: so many workers, each request takes its time, and the others queue. */
import * as http from "node:http";
import type { AddressInfo } from "node:net";

export interface LocalService {
  readonly url: URL;
  /** Requests that came, by path. */
  readonly seen: Map<string, number>;
  /** Each request with its path, and when it came. */
  readonly times: { readonly path: string; readonly at: number }[];
  readonly headers: http.IncomingHttpHeaders[];
  readonly close: () => Promise<void>;
}

/**
 * @param workers requests that are worked on at a time
 * @param milliseconds that each takes
 * @param status of the answer
 */
export async function localService(
  workers: number,
  milliseconds: number,
  status: () => number = () => 200,
): Promise<LocalService> {
  const seen = new Map<string, number>();
  const times: { path: string; at: number }[] = [];
  const headers: http.IncomingHttpHeaders[] = [];
  const queue: (() => void)[] = [];
  let busy = 0;
  const begin = () => {
    while (busy < workers && queue.length > 0) {
      busy++;
      const answer = queue.shift()!;
      setTimeout(() => {
        answer();
        busy--;
        begin();
      }, milliseconds);
    }
  };
  const server = http.createServer((request, response) => {
    seen.set(request.url!, (seen.get(request.url!) ?? 0) + 1);
    times.push({ path: request.url!, at: Date.now() });
    headers.push(request.headers);
    request.resume();
    queue.push(() => response.writeHead(status()).end("x".repeat(2000)));
    begin();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    ...{ seen, times, headers },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
