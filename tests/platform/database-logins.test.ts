import assert from "node:assert/strict";
import * as crypto from "node:crypto";

import { isLogin, loginOf, LONGEST_USER, scramVerifier } from "../../platform/database-logins";

describe("names of logins", () => {
  it("are known of shared and of own ones, not of the owner", () => {
    for (const name of ["crm_app_blue", "crm_app_green", loginOf("report-generator", "blue")])
      assert.ok(isLogin(name), name);
    for (const name of ["crm_admin", "crm_app", "crm_user_core", ""])
      assert.ok(!isLogin(name), name);
  });

  it("fit into PostgreSQL's 63 bytes for every accepted key", () => {
    assert.equal(loginOf("a".repeat(LONGEST_USER), "green").length, 63);
  });
});

describe("verifiers of passwords", () => {
  // Source: RFC 7677, section 3: user, pencil, and what client and server say to each other.
  const SALT = "W22ZaJ0SNY7soEsUEjb6gQ==";
  const NONCE = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  const MESSAGE = `n=user,r=rOprNGfwEbeRWgbNEkqO,r=${NONCE},s=${SALT},i=4096,c=biws,r=${NONCE}`;
  const PROOF = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
  const SIGNATURE = "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

  const parts = /^SCRAM-SHA-256\$4096:(.+)\$(.+):(.+)$/.exec(
    scramVerifier("pencil", Buffer.from(SALT, "base64")),
  )!;
  const signed = (key: Buffer) => crypto.createHmac("sha256", key).update(MESSAGE).digest();

  it("accept the proof of the RFC's client", () => {
    const [, salt, stored] = parts;
    assert.equal(salt, SALT);
    const storedKey = Buffer.from(stored!, "base64");
    const signature = signed(storedKey);
    const clientKey = Buffer.from(PROOF, "base64").map((byte, index) => byte ^ signature[index]!);
    assert.deepEqual(crypto.createHash("sha256").update(clientKey).digest(), storedKey);
  });

  it("sign as the RFC's server does", () => {
    assert.equal(signed(Buffer.from(parts[3]!, "base64")).toString("base64"), SIGNATURE);
  });

  it("are the same for the same password, and others for another", () => {
    assert.equal(scramVerifier("one"), scramVerifier("one"));
    assert.notEqual(scramVerifier("one"), scramVerifier("other"));
  });
});
