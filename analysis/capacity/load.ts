/** What a request at the edge takes of each service, in the figures that it follows from. */
import type { RecoveryStack } from "../recovery/resources";
import { GENERAL_AS_OF, type Assumptions } from "./assumed";
import { databasesOf, type Database } from "./connections";
import { over, planned, times, type Figure, type Range } from "./figures";
import type { Part } from "./model";
import { servicesOf, type Service } from "./services";

export class Load {
  public readonly services: readonly Service[];
  public readonly databases: readonly Database[];
  private readonly shares: ReadonlyMap<string, Figure>;

  /** @param apiShare part of the viewers' requests that reach the load balancer */
  public constructor(
    public readonly stack: RecoveryStack,
    public readonly assumptions: Assumptions,
    public readonly apiShare: Figure,
  ) {
    this.services = servicesOf(stack);
    this.databases = databasesOf(stack, this.services);
    this.shares = sharesOf(this.services, assumptions);
  }

  /** Part of the requests at the load balancer that go to a service. */
  public share({ name }: Service): Figure {
    return this.shares.get(name)!;
  }

  public value({ name }: Service, id: string): Range {
    return this.assumptions.service(name, id).value;
  }

  /** Requests a second of a service for each one at the edge, times the values of these assumptions. */
  public of(service: Service, ...ids: readonly string[]): Range {
    const values = ids.map((id) => this.value(service, id));
    return times(this.apiShare.value, this.share(service).value, ...values);
  }

  /** vCPUs of a service's tasks for each request a second at the edge. */
  public cpu(service: Service): Range {
    return times(this.of(service, "cpuMs"), 1e-3);
  }

  /** Use of its processors that scaling keeps a service at; all of them where nothing scales it. */
  public target(service: Service): Figure {
    const { cpuTarget, cpuPolicy, resource } = service;
    return cpuTarget === undefined || cpuPolicy === undefined
      ? planned("target of the processors", 100, "%", resource, "desiredCount")
      : planned(
          "target of the processors",
          cpuTarget,
          "%",
          cpuPolicy,
          "targetTrackingScalingPolicyConfiguration",
        );
  }

  /**
   * What so many tasks take as the load asks for, and no fewer than scaling keeps; during a deployment.
   *
   * @param each units of one task
   * @param floor whether the fewest tasks count as well
   */
  public tasks(
    services: readonly Service[],
    each: (service: Service) => Range | number,
    floor = true,
  ): Part[] {
    return services
      .filter(({ vcpus }) => vcpus > 0)
      .map((service) => {
        const [target] = this.target(service).value;
        const units = times(each(service), service.deploying);
        return {
          perRequest: times(over(this.cpu(service), (service.vcpus * target) / 100), units),
          ...(floor && { least: times(units, service.least) }),
        };
      });
  }

  /** The figures that a service's part of a limit follows from. */
  public figures(service: Service, ...ids: readonly string[]): Figure[] {
    return [
      this.apiShare,
      this.share(service),
      ...ids.map((id) => this.assumptions.service(service.name, id)),
    ];
  }
}

/** What a program says of each service; those of which it says nothing share the rest. */
function sharesOf(
  services: readonly Service[],
  assumptions: Assumptions,
): ReadonlyMap<string, Figure> {
  const own = services.map(({ name }) => assumptions.share(name));
  const said = own.reduce((sum, share) => sum + (share?.value[1] ?? 0), 0);
  const others = own.filter((share) => share === undefined).length;
  const rest = others === 0 ? 0 : Math.max(0, 1 - said) / others;
  return new Map(
    services.map(({ name }, index) => {
      const share: Figure = own[index] ?? {
        ...{ name: "share", value: [rest, rest], unit: "" },
        origin: {
          from: "assumption",
          key: `services.${name}.share`,
          why: "an equal part of what no other service gets",
          asOf: GENERAL_AS_OF,
        },
      };
      return [name, share];
    }),
  );
}
