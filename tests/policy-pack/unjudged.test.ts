import assert from "node:assert/strict";

import { unjudgedTypes } from "../../policy-pack/unjudged";

describe("policy pack: what it does not judge", () => {
  it("are types that no rule looks at, as a whole or as a part", () => {
    const types = [
      "aws:s3/bucket:Bucket",
      "aws:s3/bucketVersioning:BucketVersioning",
      "aws:route53/zone:Zone",
      "aws:route53/keySigningKey:KeySigningKey",
      "aws:alb/loadBalancer:LoadBalancer",
      "aws:gamelift/fleet:Fleet",
      "aws:iot/topicRule:TopicRule",
      "crm:network:Network",
    ];
    assert.deepEqual(unjudgedTypes(types), [
      "aws:gamelift/fleet:Fleet",
      "aws:iot/topicRule:TopicRule",
    ]);
  });
});
