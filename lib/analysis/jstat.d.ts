/** The part of jStat that is used; it has no types of its own. */
declare module 'jstat' {
  interface Distribution<Parameters extends number[]> {
    cdf(value: number, ...parameters: Parameters): number;
    pdf(value: number, ...parameters: Parameters): number;
    inv(level: number, ...parameters: Parameters): number;
  }
  const jStat: {
    normal: Distribution<[mean: number, deviation: number]>;
    /** The logarithm of the gamma function. */
    gammaln(value: number): number;
    studentt: Distribution<[degrees: number]>;
  };
  export default jStat;
}
