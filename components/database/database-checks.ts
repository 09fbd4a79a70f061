/** Checks that the database's arguments agree with each other and with the network. */
import * as pulumi from "@pulumi/pulumi";

import { DATABASE_CLASSES, unlistedClass } from "../../facts/instance-families";
import type { DatabaseUrl } from "../../platform/function-database";
import type { DatabaseConfig } from "../../schema/database";

/** Throws if the arguments contradict each other; warns of a class that is new to us. */
export function checkDatabase(
  resource: pulumi.Resource,
  args: PlacedArgs & UrlArgs & Pick<DatabaseConfig, "instanceClass">,
): void {
  checkZones(args);
  checkUrls(args);
  warnOfClasses(resource, args);
}

interface PlacedArgs extends Pick<DatabaseConfig, "availabilityZones" | "replica"> {
  readonly subnetZones: readonly string[];
}

/** Throws if an instance's zone has no subnet for it. */
function checkZones({ availabilityZones, replica, subnetZones }: PlacedArgs): void {
  const zones = [...availabilityZones, ...(replica.enabled ? [replica.availabilityZone] : [])];
  const missing = zones.filter((zone) => !subnetZones.includes(zone));
  if (missing.length > 0) {
    throw new Error(
      `No database subnet in ${missing.join(", ")}: crm:network.availabilityZones has ` +
        `${subnetZones.join(", ")}. Name one of these in crm:database.`,
    );
  }
}

interface UrlArgs extends Pick<DatabaseConfig, "replica"> {
  readonly urls: readonly DatabaseUrl[];
}

/** Throws if a service would get two URLs, or the URL of a replica that does not exist. */
function checkUrls({ urls, replica }: UrlArgs): void {
  const services = urls.map(({ service }) => service);
  const twice = services.find((service, index) => services.indexOf(service) !== index);
  if (twice !== undefined) {
    throw new Error(
      `${twice} is to get two database URLs. Name it in crm:database.urls or give the function of ` +
        "that name a databaseUrl, not both.",
    );
  }
  const orphan = urls.find(({ database }) => database === "replica" && !replica.enabled);
  if (orphan !== undefined) {
    throw new Error(
      `${orphan.service} is to read the replica, but crm:database.replica.enabled is false. ` +
        "Send it to the primary or switch the replica on.",
    );
  }
}

/** A class that AWS added later is no error. */
function warnOfClasses(
  resource: pulumi.Resource,
  { instanceClass, replica }: Pick<DatabaseConfig, "instanceClass" | "replica">,
): void {
  const classes = {
    "crm:database.instanceClass": instanceClass,
    ...(replica.enabled && { "crm:database.replica.instanceClass": replica.instanceClass }),
  };
  for (const [key, name] of Object.entries(classes)) {
    const unlisted = unlistedClass(name, DATABASE_CLASSES);
    if (unlisted !== undefined) void pulumi.log.warn(`${key}: ${unlisted}`, resource);
  }
}
