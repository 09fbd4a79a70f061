/** Calls a gRPC method with an empty message, and reads the status in the trailers: no message of the service is known here. */
import * as http2 from "node:http2";

/** The header by which the test listener finds a service's new version; paths stay free for the checks. */
export const SERVICE_HEADER = "x-crm-service";

/** A message without fields: not compressed, no bytes (gRPC over HTTP/2, "Length-Prefixed-Message"). */
const EMPTY_MESSAGE = Buffer.alloc(5);

/** The part of the gate's details that a call needs. */
export interface Callee {
  readonly service: string;
  readonly endpoint: string;
  readonly port: number;
  readonly host: string;
}

/** Status of the call, and no body. @throws what the connection or the load balancer answers instead */
export function call(
  { service, endpoint, port, host }: Callee,
  path: string,
  timeoutMs: number,
  ca: string | undefined,
): Promise<{ status: number; body: string }> {
  const session = http2.connect(`https://${endpoint}:${port}`, { servername: host, ca });
  const answer = new Promise<{ status: number; body: string }>((resolve, reject) => {
    session.on("error", reject);
    const stream = session.request(
      {
        ":method": "POST",
        ":path": path,
        ":authority": host,
        "content-type": "application/grpc",
        te: "trailers",
        "user-agent": "crm-deployment-gate",
        [SERVICE_HEADER]: service,
      },
      { signal: AbortSignal.timeout(timeoutMs) },
    );
    let headers: http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader = {};
    let trailers: http2.IncomingHttpHeaders = {};
    stream.on("response", (received) => {
      headers = received;
    });
    stream.on("trailers", (received: http2.IncomingHttpHeaders) => {
      trailers = received;
    });
    stream.on("error", reject);
    stream.on("end", () => {
      // A call that fails at once has its status in the headers.
      const status = trailers["grpc-status"] ?? headers["grpc-status"];
      if (status !== undefined) resolve({ status: Number(status), body: "" });
      else reject(new Error(`no gRPC status, HTTP status ${String(headers[":status"])}`));
    });
    stream.resume();
    stream.end(EMPTY_MESSAGE);
  });
  return answer.finally(() => session.destroy());
}
