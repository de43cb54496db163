package io.stablesr.restore;

/**
 * What upscaling one image is expected to take.
 *
 * @param inputPixels pixels of the input
 * @param outputPixels pixels of the result
 * @param tiles latent tiles per step
 * @param evaluations tile evaluations in all, over all steps and guidance branches
 * @param denoiserFlops floating-point operations of the denoiser
 * @param autoencoderFlops floating-point operations of the autoencoder
 * @param hostBytes memory for pictures on the heap, in bytes
 * @param deviceBytes memory for weights and activations on the device, in bytes
 */
public record ImageCost(
    long inputPixels,
    long outputPixels,
    long tiles,
    long evaluations,
    double denoiserFlops,
    double autoencoderFlops,
    long hostBytes,
    long deviceBytes) {
  /** Floating-point operations of all networks. */
  public double flops() {
    return denoiserFlops + autoencoderFlops;
  }
}
