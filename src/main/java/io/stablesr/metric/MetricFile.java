package io.stablesr.metric;

import java.util.Optional;

/**
 * The weight files that metrics need, by their published names. Sizes and hashes are given where
 * they are known for certain; torchvision's names end in the first digits of their hash.
 */
public enum MetricFile {
  /** Heads of LPIPS on AlexNet. */
  LPIPS_ALEX(
      "LPIPS_v0.1_alex-df73285e.pth",
      "df73285e35b22355a2df87cdb6b70b343713b667eddbda73e1977e0c860835c0",
      "BSD-2-Clause",
      "6 kB; IQA-PyTorch's weights on Hugging Face (chaofengc/IQA-PyTorch-Weights)"),
  /** Heads of LPIPS on VGG16. */
  LPIPS_VGG(
      "LPIPS_v0.1_vgg-a78928a0.pth",
      "a78928a0",
      "BSD-2-Clause",
      "7 kB; IQA-PyTorch's weights on Hugging Face (chaofengc/IQA-PyTorch-Weights)"),
  /** Convolutions of AlexNet. */
  ALEXNET(
      "alexnet-owt-7be5be79.pth",
      "7be5be79",
      "BSD-3-Clause",
      "233 MB; https://download.pytorch.org/models/alexnet-owt-7be5be79.pth"),
  /** Convolutions of VGG16. */
  VGG16(
      "vgg16-397923af.pth",
      "397923af",
      "BSD-3-Clause",
      "528 MB; https://download.pytorch.org/models/vgg16-397923af.pth"),
  /** Weights of DISTS' channels. */
  DISTS(
      "DISTS_weights-f5e65c96.pth",
      "f5e65c96230b7f6ca995691647d482237e4cab8a50c5c4a5784f219ef0748218",
      "MIT",
      "12 kB; IQA-PyTorch's weights on Hugging Face (chaofengc/IQA-PyTorch-Weights)"),
  /** MUSIQ, trained on KonIQ-10k. */
  MUSIQ(
      "musiq_koniq_ckpt-e95806b9.pth",
      "e95806b9eae5f3814c410f574ba8e552362bd5bc63d758ed5b97860f5d6185aa",
      "CC BY-NC-SA 4.0 (of the weights' page)",
      "109 MB; IQA-PyTorch's weights on Hugging Face (chaofengc/IQA-PyTorch-Weights)"),
  /** CLIP RN50 with both towers. */
  CLIP_RN50(
      "open_clip_model.safetensors",
      "",
      "MIT",
      "408 MB; timm/resnet50_clip.openai on Hugging Face"),
  /** Inception for the Fréchet distance. */
  INCEPTION(
      "pt_inception-2015-12-05-6726825d.pth",
      "6726825d",
      "Apache-2.0",
      "91 MB; releases of mseitzer/pytorch-fid on GitHub"),
  /** Pristine pictures' statistics for NIQE. */
  NIQE(
      "niqe_pris_params.npz",
      "",
      "see BasicSR",
      "12 kB; basicsr/metrics of XPixelGroup/BasicSR on GitHub");

  private final String fileName;
  private final String sha256;
  private final String licence;
  private final String source;

  MetricFile(String fileName, String sha256, String licence, String source) {
    this.fileName = fileName;
    this.sha256 = sha256;
    this.licence = licence;
    this.source = source;
  }

  /** Its name in the folder of weights. */
  public String fileName() {
    return fileName;
  }

  /** Its SHA-256 or the first digits of it, in lower case; nothing where it is not known. */
  public Optional<String> sha256() {
    return sha256.isEmpty() ? Optional.empty() : Optional.of(sha256);
  }

  /** Under what it may be used. */
  public String licence() {
    return licence;
  }

  /** Size and where to get it. */
  public String source() {
    return source;
  }
}
