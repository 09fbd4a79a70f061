/**
 * Packets from and to what stands outside of the networks: distributions ("Restrict access with VPC origins", "CloudFront managed
 * prefix list"), functions outside of every VPC ("Giving Lambda functions access to resources in an Amazon VPC"), and endpoints
 * ("Gateway endpoints", "Access an AWS service using an interface VPC endpoint").
 */
import { addressesIn, type Packet, type Question, type Trial, World } from "./packets";

/** The interface endpoint. */
export const DOOR = 3;

/** Knows every end. */
export class Packets extends World {
  public override gets(question: Question, trial: Trial): boolean {
    const { from, to, protocol, port } = question;
    if (from === "gate" || from === DOOR || to === "lambda") return false;
    if (to === "edge" && !this.isEdgeOpen(question)) return false;
    const packet: Packet = { source: trial.stranger, destination: trial.to, port, protocol };
    if (from === "edge") return typeof to === "number" && this.calls(question, packet, trial, to);
    if (from === "lambda") return this.getsFromLambda(question, packet, trial);
    if (from === "internet") {
      return typeof to === "number" ? super.gets(question, trial) : to === "edge";
    }
    if (to !== "gate") return super.gets(question, trial);
    const out: Packet = { ...packet, source: trial.from, destination: trial.stranger };
    return (
      this.group(from, "egress", out, "gate") &&
      this.acl(trial.at, "egress", out, trial.stranger, "forth") &&
      this.hasGate(trial.at)
    );
  }

  public override answers(question: Question, trial: Trial, own: number, natPort: number): boolean {
    const { from, to, protocol } = question;
    if (typeof from !== "number" && typeof to !== "number") return true;
    if (this.isInside(question)) return true;
    if (from === "lambda" && this.isMoved()) return true;
    if (typeof from !== "number") {
      return super.answers({ ...question, from: "internet" }, trial, own, natPort);
    }
    if (to !== "gate") return super.answers(question, trial, own, natPort);
    const back = { source: trial.stranger, destination: trial.from, port: own, protocol };
    return this.acl(trial.at, "ingress", back, trial.stranger, "back");
  }

  /** It answers web browsers. */
  private isEdgeOpen({ port, protocol }: Question): boolean {
    const isOn = this.topology.edge.enabled || this.repairs.has("edge on");
    return isOn && protocol === "tcp" && (port === 80 || port === 443);
  }

  /** A distribution calls its origin, from CloudFront's addresses or from an interface beside the origin. */
  private calls(question: Question, packet: Packet, trial: Trial, host: number): boolean {
    if (!this.isItsOrigin(question) && !this.repairs.has("edge origin")) return false;
    return this.isInside(question)
      ? this.group(host, "ingress", { ...packet, source: trial.from }, "edge")
      : this.comesIn(host, packet, trial, "edge");
  }

  private isItsOrigin({ from, to, port, protocol }: Question): boolean {
    const isAsked = from === "edge" && to === 0 && protocol === "tcp";
    return isAsked && this.topology.edge.origin?.port === port;
  }

  private isInside(question: Question): boolean {
    return this.isItsOrigin(question) && this.topology.edge.origin?.inside === true;
  }

  private getsFromLambda({ to }: Question, packet: Packet, trial: Trial): boolean {
    if (to === "internet" || to === "edge") return true;
    if (to === "gate") return this.isMoved();
    if (typeof to !== "number") return false;
    if (!this.isMoved()) return this.comesIn(to, packet, trial, "lambda");
    // In the target's subnet, with the groups that it needs.
    const groups = [undefined, ...this.topology.groups.keys()];
    return addressesIn(this.topology, trial.there).some((source) =>
      groups.some((group) => this.group(to, "ingress", { ...packet, source }, "lambda", group)),
    );
  }

  private isMoved(): boolean {
    return this.repairs.has("lambda in vpc");
  }

  /** By the internet gateway. */
  private comesIn(host: number, packet: Packet, trial: Trial, from: "edge" | "lambda"): boolean {
    return (
      this.isPublic(host, trial.there) &&
      this.acl(trial.there, "ingress", packet, trial.stranger, "forth") &&
      this.group(host, "ingress", packet, from)
    );
  }

  private hasGate(at: number): boolean {
    const name = this.tableName(at);
    return (
      this.topology.gate.some((table) => `table-${table}` === name) ||
      this.repairs.has(`gate ${at}`)
    );
  }
}
