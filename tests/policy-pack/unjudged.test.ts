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
      // Judged in production alone.
      "aws:backup/restoreTestingPlan:RestoreTestingPlan",
      "aws:gamelift/fleet:Fleet",
      "aws:iot/topicRule:TopicRule",
      // What the rules of paths alone ask about is on a path, and judged by no rule of its own.
      "aws:elasticache/serverlessCache:ServerlessCache",
      "aws:lb/targetGroupAttachment:TargetGroupAttachment",
      "crm:network:Network",
    ];
    assert.deepEqual(unjudgedTypes(types), [
      "aws:elasticache/serverlessCache:ServerlessCache",
      "aws:gamelift/fleet:Fleet",
      "aws:iot/topicRule:TopicRule",
      "aws:lb/targetGroupAttachment:TargetGroupAttachment",
    ]);
  });
});
