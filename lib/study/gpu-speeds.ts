/** Training speed of a kind of GPU, from published numbers. */
export interface GpuSpeed {
  /** E.g. `V100, float32`. */
  name: string;
  /**
   * Activations (output elements of convolutions and linear layers) of training images per second, forward and backward: the lowest and the
   * highest speed to expect, by the sources.
   */
  activationsPerSecond: readonly [low: number, high: number];
  /** Source of the numbers. */
  source: string;
}

/** Activations of a 224-pixel image through a network: Radosavovic et al. 2020, tables 2 and 3; He et al. 2016 as counted by pycls. */
const activations = { regNetX400: 3.1e6, regNetX800: 5.1e6, resNet50: 11.1e6 };

/**
 * RegNetX-400MF trains 100 epochs of ImageNet (1,281,167 images) on 8 V100 in 3.9 hours (pycls, MODEL_ZOO.md). Its networks of 0.2 to
 * 3.2 GF give 3.5 to 4.0 G activations per second and GPU: activations predict training time much better than flops do (Radosavovic
 * et al. 2020, section 4).
 */
const pyclsOnV100 = (1_281_167 * 100 * activations.regNetX400) / (8 * 3.9 * 3600);
const regNetsOnV100 = [3.5e9, 4.0e9] as const;

/** Images per second of ResNet-50 v1.5 in TensorFlow on one GPU (NVIDIA DeepLearningExamples, TensorFlow, 20.06). */
const resNet50 = { v100: 412, v100Mixed: 1270, a100Tf32: 909, a100Mixed: 2375 };

/**
 * Images per second of trainings on one RTX 3090 in automatic mixed precision, by the order of a tensor's dimensions (timm,
 * results/benchmark-train-amp-nhwc-pt112-cu113-rtx3090.csv and benchmark-train-amp-nchw-pt112-cu113-rtx3090.csv).
 */
const timmOnRtx3090 = {
  regNetX400: { nhwc: 1781, nchw: 2695 },
  regNetX800: { nhwc: 1035, nchw: 1632 },
  resNet50: { nhwc: 1218, nchw: 826 },
};

/**
 * The share of ResNet-50's gain from mixed precision that RegNets have, whose group convolutions use tensor cores less: activations per
 * second relative to ResNet-50's, in mixed precision (RTX 3090, above) divided by the same in float32 (V100, above). The lower value is for
 * tensors in the order NHWC throughout, which TensorFlow prefers; the higher one for each network in its better order.
 */
const partOfGain = (() => {
  const { regNetX400, resNet50: residual } = timmOnRtx3090;
  const relative = (regNet: number, resNet: number) =>
    (regNet * activations.regNetX400) / (resNet * activations.resNet50);
  const inFloat32 = pyclsOnV100 / (resNet50.v100 * activations.resNet50);
  return [
    relative(regNetX400.nhwc, residual.nhwc) / inFloat32,
    relative(regNetX400.nchw, residual.nhwc) / inFloat32,
  ] as const;
})();

/** Estimates the speed of a GPU for which only ResNet-50's is published. */
function scaled(name: string, imagesPerSecond: number): GpuSpeed {
  const gain = imagesPerSecond / resNet50.v100;
  const [low, high] = partOfGain.map((part) => pyclsOnV100 * gain * part) as [number, number];
  const parts = partOfGain.map((part) => part.toFixed(2)).join(' to ');
  return {
    name,
    activationsPerSecond: [low, high],
    source: `V100 in float32 times ${gain.toFixed(1)}, the gain of ResNet-50 (NVIDIA DeepLearningExamples), times ${parts}, the share of it that RegNets have (timm)`,
  };
}

const ofTimm = (['regNetX400', 'regNetX800'] as const).flatMap((network) =>
  Object.values(timmOnRtx3090[network]).map((imagesPerSecond) => imagesPerSecond * activations[network]),
);

export const gpuSpeeds: readonly GpuSpeed[] = [
  {
    name: 'V100, float32',
    activationsPerSecond: regNetsOnV100,
    source: 'RegNetX of 0.2 to 3.2 GF in pycls: e.g. 100 epochs of ImageNet on 8 V100 in 3.9 hours (400MF)',
  },
  {
    name: 'RTX 3090, float16',
    activationsPerSecond: [Math.min(...ofTimm), Math.max(...ofTimm)],
    source: 'RegNetX-400MF and 800MF in timm: 1,035 to 2,695 images/s, by the order of dimensions',
  },
  scaled('V100, float16', resNet50.v100Mixed),
  scaled('A100, tf32', resNet50.a100Tf32),
  scaled('A100, bfloat16', resNet50.a100Mixed),
];
