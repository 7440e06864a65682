export { draw, gather, shuffle } from './resample';
export { rank, rankProducts } from './ranks';
export { agree } from './agreement';
export { topWeights, weightedSums } from './weighted';
export { momentSums, widen } from './moments';
export { weightedBits } from './outcomes';
