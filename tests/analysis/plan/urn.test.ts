import assert from "node:assert/strict";

import { STACK_TYPE } from "../../../analysis/plan/model";
import { childUrn, makeUrn, parseUrn } from "../../../analysis/plan/urn";

describe("preview URNs", () => {
  const stack = makeUrn("dev", "sample", undefined, STACK_TYPE, "sample-dev");
  const component = childUrn(stack, "crm:aws:CrmNetwork", "network");

  it("the stack is no part of the chain of types, other parents are", () => {
    assert.equal(stack, "urn:pulumi:dev::sample::pulumi:pulumi:Stack::sample-dev");
    assert.equal(component, "urn:pulumi:dev::sample::crm:aws:CrmNetwork::network");
    assert.equal(
      childUrn(component, "aws:ec2/vpc:Vpc", "main"),
      "urn:pulumi:dev::sample::crm:aws:CrmNetwork$aws:ec2/vpc:Vpc::main",
    );
  });

  it("a URN comes apart, a name with colons included", () => {
    assert.deepEqual(parseUrn("urn:pulumi:dev::sample::a:b:C$d:e:F::x::y"), {
      stack: "dev",
      project: "sample",
      qualifiedType: "a:b:C$d:e:F",
      type: "d:e:F",
      name: "x::y",
    });
    assert.throws(() => parseUrn("sample"), /not a URN: sample/);
  });
});
