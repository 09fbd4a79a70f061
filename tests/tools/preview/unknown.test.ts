/** Unknown values in a program that waits for them: what it may do with them, and what the preview says. */
import assert from "node:assert/strict";

import { Gaps } from "../../../tools/preview/engine/gaps";

// eslint-disable-next-line @typescript-eslint/no-require-imports -- plain JavaScript: the SDK's process loads it first
const { unknownOf } = require("../../../tools/preview/quick-start/unknown") as {
  readonly unknownOf: (source: string) => { readonly id: string };
};

describe("unknown values in a program", () => {
  const { id } = unknownOf("aws:ec2/getVpc:getVpc");

  it("are refused where a number is needed, and become a text", () => {
    const uses: readonly (() => unknown)[] = [
      () => Number(id) > 3,
      () => Math.max(Number(id), 1),
      () => Number(id) - 1,
    ];
    const refused =
      /^Error: the program asks for a number of aws:ec2\/getVpc:getVpc, which has no answer .* --answers FILE$/;
    for (const use of uses) assert.throws(use, refused);
    assert.match(`vpc ${id}`, /^vpc 04da6b54-/);
  });

  it("stay unknown where their parts are copied", () => {
    assert.equal((Object.assign({}, id) as { __pulumiUnknown?: true }).__pulumiUnknown, true);
  });

  it("are compared without notice, which the warning says", () => {
    const gaps = new Gaps();
    gaps.answer("aws:ec2/getVpc:getVpc", "  - call: aws:ec2/getVpc:getVpc");
    assert.match(gaps.diagnostics[0]!.message, /: aws:ec2.*; no `if` or `===` on it is noticed\)/);
  });
});
