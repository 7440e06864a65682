/** How fast a kind of GPU trains, from published numbers. */
export interface GpuSpeed {
  /** E.g. `V100, float32`. */
  name: string;
  /** Activations (output elements of convolutions and linear layers) of training images per second, forward and backward. */
  activationsPerSecond: number;
  /** Where the number comes from. */
  source: string;
}

/**
 * RegNetX-400MF (3.1 M activations) trains 100 epochs of ImageNet (1,281,167 images) on 8 V100 in 3.9 hours (pycls,
 * MODEL_ZOO.md). Its networks of 0.2 to 3.2 GF give 3.5 to 4.0 G activations per second and GPU: activations predict training time
 * much better than flops do (Radosavovic et al. 2020, section 4).
 */
const pyclsOnV100 = (1_281_167 * 100 * 3.1e6) / (8 * 3.9 * 3600);

/** Images per second of ResNet-50 v1.5 in TensorFlow on one GPU (NVIDIA DeepLearningExamples, TensorFlow, 20.06). */
const resNet50 = { v100: 412, v100Mixed: 1270, a100Tf32: 909, a100Mixed: 2375 };

const scaled = (name: string, imagesPerSecond: number): GpuSpeed => ({
  name,
  activationsPerSecond: (pyclsOnV100 * imagesPerSecond) / resNet50.v100,
  source: `that of V100 in float32, times ${(imagesPerSecond / resNet50.v100).toFixed(1)} as for ResNet-50 (NVIDIA DeepLearningExamples)`,
});

export const gpuSpeeds: readonly GpuSpeed[] = [
  {
    name: 'V100, float32',
    activationsPerSecond: pyclsOnV100,
    source: 'RegNetX-400MF in pycls: 100 epochs of ImageNet on 8 V100 in 3.9 hours',
  },
  scaled('V100, float16', resNet50.v100Mixed),
  scaled('A100, tf32', resNet50.a100Tf32),
  scaled('A100, bfloat16', resNet50.a100Mixed),
];
