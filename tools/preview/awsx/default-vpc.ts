/** `awsx:ec2:DefaultVpc` (@pulumi/awsx 3.9): no children, and outputs that only AWS knows. */
import { type RemoteExpander, UNKNOWN } from "../../../analysis/plan/model";

export const expandDefaultVpc: RemoteExpander = () => ({
  children: [],
  state: { vpcId: UNKNOWN, publicSubnetIds: UNKNOWN, privateSubnetIds: UNKNOWN },
  stateDependencies: {},
});
