/** What has to be told to the registrar, with answers as the AWS CLI prints them (Route 53 API Reference). */
import assert from "node:assert/strict";

import { main, PUBLIC_RESOLVERS, publicResolver } from "../../operations/nameservers";
import { validated } from "../support/stack-files";
import { errorsOf, stage } from "./world";

const SERVERS = ["ns-1.awsdns-01.org", "ns-2.awsdns-02.com"];
const DS = "12345 13 2 0123456789ABCDEF";

async function asked(
  stack: string,
  answers: Readonly<Record<string, unknown>>,
  known: readonly string[] = SERVERS,
) {
  const { world, lines } = stage({});
  const commands: string[] = [];
  const output = (_program: string, words: readonly string[]) => {
    commands.push(words.join(" "));
    const answer = answers[words[1]!];
    if (answer === undefined) throw new Error(`AccessDenied: ${words[1]}`);
    return JSON.stringify(answer);
  };
  const { code, text } = await errorsOf(() =>
    main(["--stack", stack], { ...world, output }, () => Promise.resolve({ nameServers: known })),
  );
  return { code, text, commands, said: lines.join("\n") };
}

describe("npm run nameservers", () => {
  const { domain } = validated("staging").edge;
  const zones = {
    HostedZones: [
      { Id: "/hostedzone/ZPRIVATE", Name: `${domain}.`, Config: { PrivateZone: true } },
      { Id: "/hostedzone/ZSTAGING", Name: `${domain}.`, Config: { PrivateZone: false } },
      // Route 53 lists on from the name, others included.
      { Id: "/hostedzone/ZOTHER", Name: "zz.example." },
    ],
  };
  const set = { DelegationSet: { NameServers: SERVERS } };
  const answers = { "list-hosted-zones-by-name": zones, "get-hosted-zone": set };

  it("asks public resolvers, not the one that this machine is set to", () => {
    assert.deepEqual(publicResolver().getServers(), PUBLIC_RESOLVERS);
    assert.notDeepEqual(PUBLIC_RESOLVERS, []);
  });

  it("prints the zone's, and whether a public resolver returns them", async () => {
    const done = await asked("staging", answers, [`${SERVERS[1]!.toUpperCase()}.`, SERVERS[0]!]);
    assert.equal(done.code, 0, done.text);
    assert.match(
      done.said,
      /NS {2}ns-1\.awsdns-01\.org ns-2\.awsdns-02\.com\n +a public resolver returns them/,
    );
    assert.ok(done.commands[1]!.includes("--id ZSTAGING"));
    assert.doesNotMatch(done.said, /^DS/m);
    for (const known of [[], ["ns.registrar.example"], SERVERS.slice(0, 1)]) {
      const open = await asked("staging", answers, known);
      assert.equal(open.code, 1);
      assert.match(open.said, /enter them at the registrar/);
    }
  });

  it("says what is not there yet, and what AWS refuses", async () => {
    const none = await asked("staging", { "list-hosted-zones-by-name": { HostedZones: [] } });
    assert.equal(none.code, 1);
    assert.match(none.text, /expected a public zone of the account, got none/);
    const twice = { HostedZones: [zones.HostedZones[1], { ...zones.HostedZones[1], Id: "ZTWO" }] };
    const two = await asked("staging", { "list-hosted-zones-by-name": twice });
    assert.match(two.text, /got ZSTAGING and ZTWO: set crm:edge.zone.id/);
    assert.match((await asked("staging", {})).text, /AccessDenied: list-hosted-zones-by-name/);
  });

  it("prints the DS record of a signed zone", async () => {
    const own = validated("production").edge;
    assert.ok(own.zone.dnssec);
    const zone = {
      "list-hosted-zones-by-name": { HostedZones: [{ Id: "/hostedzone/ZP", Name: own.domain }] },
      "get-hosted-zone": set,
    };
    const signed = (KeySigningKeys: unknown) =>
      asked("production", { ...zone, "get-dnssec": { KeySigningKeys } });
    const one = await signed([
      { Status: "INACTIVE", DSRecord: "old" },
      { Status: "ACTIVE", DSRecord: DS },
    ]);
    assert.equal(one.code, 0, one.text);
    assert.match(one.said, new RegExp(`^DS {2}${DS}$`, "m"));
    assert.doesNotMatch(one.said, /old/);
    const unsigned = await signed([]);
    assert.equal(unsigned.code, 1);
    assert.match(unsigned.said, /DS {2}none/);
  });
});
