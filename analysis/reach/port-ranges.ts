/** The paths between two places by all ports: in ranges within which no rule makes a difference. */
import { PORTS } from "../../facts/setting-bounds";
import type { NetworkPath, PortRange, Protocol } from "./model";

type Range = PortRange["ports"];

/** `bounds` are the ports at which something on the way changes. Without an open range, one blocked path of all ports. */
export function openRanges(
  bounds: readonly number[],
  pathBy: (protocol: Protocol, ports: Range) => NetworkPath,
): readonly NetworkPath[] {
  const parts = partsOf(bounds);
  const paths = (["tcp", "udp"] as const).map((protocol) =>
    parts.map((ports) => pathBy(protocol, ports)),
  );
  const open = paths.flatMap(merged);
  if (open.length > 0) return open;
  const widest = paths[0]!.reduce((one, other) => (span(other) > span(one) ? other : one));
  return [withPorts(widest, [PORTS.minimum, PORTS.maximum])];
}

function partsOf(bounds: readonly number[]): readonly Range[] {
  const inner = bounds.filter((port) => port > PORTS.minimum && port <= PORTS.maximum);
  const starts = [PORTS.minimum, ...[...new Set(inner)].sort((one, other) => one - other)];
  return starts.map((start, index) => [start, (starts[index + 1] ?? PORTS.maximum + 1) - 1]);
}

/** Neighbouring ports that are open by the same settings, as one range. */
function merged(paths: readonly NetworkPath[]): readonly NetworkPath[] {
  const result: NetworkPath[] = [];
  for (const path of paths.filter(({ verdict }) => verdict !== "blocked")) {
    const previous = result.at(-1);
    const isNext =
      previous !== undefined &&
      previous.ports[1] + 1 === path.ports[0] &&
      likeness(previous) === likeness(path);
    if (isNext) result[result.length - 1] = withPorts(previous, [previous.ports[0], path.ports[1]]);
    else result.push(path);
  }
  return result;
}

function likeness({ verdict, settings, sources }: NetworkPath): string {
  const parts = settings.map(({ effect, resource, property }) => [effect, resource.urn, property]);
  return JSON.stringify([verdict, sources, parts]);
}

/** The settings stay those that are worked out when they are read. */
function withPorts(path: NetworkPath, ports: Range): NetworkPath {
  const { from, to, protocol, verdict, sources } = path;
  return {
    ...{ from, to, protocol, ports, verdict },
    ...(sources && { sources }),
    get settings() {
      return path.settings;
    },
  };
}

function span({ ports: [first, last] }: NetworkPath): number {
  return last - first;
}
