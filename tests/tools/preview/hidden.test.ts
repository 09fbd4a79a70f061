/** What the preview hides, where a secret is a part of a marker of Pulumi or of ours. */
import assert from "node:assert/strict";

import { SIGNATURE, UNKNOWN } from "../../../analysis/plan/model";
import { redact, reveal, secret } from "../../../analysis/plan/values";
import { secretFilter, withoutSecrets } from "../../../tools/preview/engine/hidden";

const configOf = (...secrets: readonly string[]) => ({
  values: Object.fromEntries(secrets.map((secret, index) => [`p:${index}`, secret])),
  secretKeys: secrets.map((_, index) => `p:${index}`),
});
const reportOf = (outputs: object) => ({
  ...{ resources: [], outputs: outputs as Record<string, unknown>, diagnostics: [] },
});

describe("secrets that are hidden", () => {
  it("leave unknown values and signatures whole, and are hidden everywhere else", () => {
    const asset = { [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17", path: "a-5952" };
    const given = { unknown: UNKNOWN, asset, text: "x5952", pin: "0331" };
    const config = configOf("5952", "0331", SIGNATURE.slice(2, 8));
    const { outputs } = withoutSecrets(reportOf(given), config);
    assert.deepEqual(reveal(outputs), given);
    const shown = { text: "[secret]", pin: "[secret]", asset: { ...asset, path: "[secret]" } };
    assert.deepEqual(redact(outputs), { unknown: UNKNOWN, ...shown });
    assert.equal(secretFilter(config)(`pin 0331 of ${UNKNOWN}`), `pin [secret] of ${UNKNOWN}`);
  });

  it("are not hidden inside of what stands for them", () => {
    const hide = secretFilter(configOf("secret", "top.secret"));
    assert.equal(
      hide("a top.secret, a secret, top-secret"),
      "a [secret], a [secret], top-[secret]",
    );
    assert.equal(hide(hide("secret")), "[secret]");
  });

  it("are hidden whole in a pack's messages, where one of the program is a part of a setting", () => {
    const judged = {
      ...{
        packs: [],
        undecided: [],
        violations: [{ message: "got s3cret-value", remediation: "" }],
      },
    };
    const report = { ...reportOf({ own: secret("value") }), judged };
    const shown = withoutSecrets(report as never, configOf("s3cret-value")) as typeof report;
    assert.equal(shown.judged.violations[0]!.message, "got [secret]");
  });
});
