import { Server, ServerCredentials, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";

import type { Analyzer } from "./analyzer";

/** Maximum bytes of one message, which holds a whole stack. The same limit as `@pulumi/policy`. */
const LARGEST = 400 * 1024 * 1024;

/**
 * Serves an analyzer to Pulumi's engine as a policy pack's program must: on a local port that it prints as its first
 * line.
 */
export function serve(analyzer: Analyzer): void {
  const server = new Server({ "grpc.max_receive_message_length": LARGEST });
  server.addService(AnalyzerService, analyzer as unknown as UntypedServiceImplementation);
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    console.log(String(port));
  });
}
