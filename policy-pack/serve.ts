import { Server, ServerCredentials, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";

import type { Analyzer } from "./analyzer";

/** Bytes of one message: a stack comes in one. As much as `@pulumi/policy` takes. */
const LARGEST = 400 * 1024 * 1024;

/**
 * Serves an analyzer to Pulumi's engine, as the engine expects of the program of a policy pack: on a port of this machine that
 * it prints as its first line.
 */
export function serve(analyzer: Analyzer): void {
  const server = new Server({ "grpc.max_receive_message_length": LARGEST });
  server.addService(AnalyzerService, analyzer as unknown as UntypedServiceImplementation);
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    console.log(String(port));
  });
}
