"use strict";
/**
 * Runs the policy pack in the current directory with Pulumi's own runner and without its second half,
 * ts-node: `./loader` has made TypeScript loadable already.
 */
const from = { paths: [process.cwd(), __dirname] };

/**
 * The SDK unpacks a resource's properties from their protobuf form again for each rule, and for each stack
 * rule those of all resources; it copies them afterwards, so that once is enough.
 */
function unpackOnce() {
  const sdk = { paths: [require.resolve("@pulumi/pulumi/package.json", from)] };
  const { Struct } = require(require.resolve("google-protobuf/google/protobuf/struct_pb", sdk));
  const unpack = Struct.prototype.toJavaScript;
  const unpacked = new WeakMap();
  Struct.prototype.toJavaScript = function () {
    let value = unpacked.get(this);
    if (!value) unpacked.set(this, (value = unpack.call(this)));
    return value;
  };
}

unpackOnce();
const runner = require.resolve("@pulumi/pulumi/cmd/run-policy-pack/run", from);

require(runner)
  .run({
    argv: { _: ["."] },
    typeScript: false,
    programStarted: () => {},
    reportLoggedError: () => process.exit(1),
  })
  .catch((error) => {
    console.error(error instanceof Error ? error.stack : error);
    process.exit(1);
  });
