import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type * as grpc from '@grpc/grpc-js';

/** One node of a cluster, as the others know it. */
export type Member = { readonly port: number; readonly state: 'leader' | 'follower' | 'dead' };

/** `Gossip.Read`: who belongs to the cluster, and who leads it. Everybody may ask. */
export const gossipCall =
  (members: () => readonly Member[]): grpc.handleUnaryCall<shared.Empty, gossip.ClusterInfo> =>
  (_call, answer) =>
    answer(null, new gossip.ClusterInfo().setMembersList(members().map(memberInfo)));

const memberInfo = ({ port, state }: Member): gossip.MemberInfo =>
  new gossip.MemberInfo()
    .setInstanceId(new shared.UUID().setString(`00000000-0000-4000-8000-${String(port).padStart(12, '0')}`))
    .setTimeStamp(String(Date.now()))
    .setState(states[state])
    .setIsAlive(state !== 'dead')
    .setHttpEndPoint(new gossip.EndPoint().setAddress('127.0.0.1').setPort(port));

const { LEADER, FOLLOWER, UNKNOWN } = gossip.MemberInfo.VNodeState;
const states = { leader: LEADER, follower: FOLLOWER, dead: UNKNOWN } as const;
