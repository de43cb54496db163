package io.stablesr.engine;

/**
 * Group normalisation of images in channels-last layout on a GPU, which libtorch has for
 * channels-first only. It is part of DJL's library where {@code deploy/build-djl-jni.sh} could
 * build it.
 */
final class CudaNorm {
  /** The operator: image, groups, scale and shift in fp32, epsilon. */
  static final String OPERATOR = "ops.stablesr.group_norm";

  private CudaNorm() {}

  /** Whether the loaded library has it. */
  static boolean isPresent() {
    try {
      return present();
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }

  private static native boolean present();
}
