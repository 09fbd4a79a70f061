import { logRules } from "../../../policy-pack/rules/logs";
import { ruleOf } from "../rows";
import { ruleTable, UNKNOWN_TEXT } from "../support";

const rule = (id: string) => ruleOf(logRules, id);

describe("policy pack: logs", () => {
  const type = "aws:cloudwatch/logGroup:LogGroup";
  ruleTable(rule("log-group-retention"), [
    { compliant: "two weeks", type, props: { retentionInDays: 14 } },
    { compliant: "a class of its own", type, props: { logGroupClass: "DELIVERY" } },
    { violating: "for ever", type, says: /retentionInDays is not set/ },
    { violating: "for ever, as a number", type, props: { retentionInDays: 0 }, says: /is 0/ },
    {
      violating: "less than the setting",
      type,
      props: { retentionInDays: 30 },
      config: { minimumDays: 365 },
      says: /at least 365 days/,
    },
    { unknown: "days", type, props: { retentionInDays: UNKNOWN_TEXT } },
    { otherType: "a stream", type: "aws:cloudwatch/logStream:LogStream" },
  ]);

  const traces = "aws:xray/encryptionConfig:EncryptionConfig";
  ruleTable(rule("xray-encrypted"), [
    { compliant: "our key", type: traces, props: { type: "KMS", keyId: UNKNOWN_TEXT } },
    { violating: "AWS's key", type: traces, props: { type: "NONE" }, says: /type is "NONE"/ },
    { violating: "no key", type: traces, props: { type: "KMS" }, says: /keyId is not set/ },
    { unknown: "kind", type: traces, props: { type: UNKNOWN_TEXT } },
    { otherType: "a group", type: "aws:xray/group:Group" },
  ]);
});
