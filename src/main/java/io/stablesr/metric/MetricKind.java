package io.stablesr.metric;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The metrics by the names that commands and tables use. */
public enum MetricKind {
  /** {@link Psnr}. */
  PSNR("psnr", Better.HIGHER, Subject.PAIR),
  /** {@link Ssim}. */
  SSIM("ssim", Better.HIGHER, Subject.PAIR),
  /** {@link MsSsim}. */
  MS_SSIM("ms-ssim", Better.HIGHER, Subject.PAIR),
  /** {@link Lpips} with AlexNet. */
  LPIPS_ALEX("lpips", Better.LOWER, Subject.PAIR),
  /** {@link Lpips} with VGG16. */
  LPIPS_VGG("lpips-vgg", Better.LOWER, Subject.PAIR),
  /** {@link Dists}. */
  DISTS("dists", Better.LOWER, Subject.PAIR),
  /** {@link LabShift}. */
  LAB_SHIFT("lab-shift", Better.LOWER, Subject.PAIR),
  /** {@link Consistency}. */
  CONSISTENCY("consistency", Better.HIGHER, Subject.INPUT),
  /** {@link SeamScore}. */
  SEAM("seam", Better.LOWER, Subject.PICTURE),
  /** {@link SeedDisagreement}. */
  SEED_DISAGREEMENT("seed-disagreement", Better.LOWER, Subject.SEEDS),
  /** {@link Niqe} with the published model. */
  NIQE("niqe", Better.LOWER, Subject.PICTURE),
  /** {@link Niqe} with our own model. */
  NIQE_FREE("niqe-free", Better.LOWER, Subject.PICTURE),
  /** {@link Musiq}. */
  MUSIQ("musiq", Better.HIGHER, Subject.PICTURE),
  /** {@link ClipIqa} with five pairs of texts. */
  CLIP_IQA("clipiqa", Better.HIGHER, Subject.PICTURE),
  /** {@link ClipIqa} with its authors' pair of texts. */
  CLIP_IQA_OFFICIAL("clipiqa-official", Better.HIGHER, Subject.PICTURE),
  /** {@link FrechetDistance} of two folders. */
  FID("fid", Better.LOWER, Subject.FOLDERS);

  /** Which direction is good. */
  public enum Better {
    /** Larger values are better. */
    HIGHER,
    /** Smaller values are better. */
    LOWER
  }

  /** What is judged. */
  public enum Subject {
    /** A picture against the true one. */
    PAIR,
    /** A result against what it was made from. */
    INPUT,
    /** Results of one input with different seeds. */
    SEEDS,
    /** A picture by itself. */
    PICTURE,
    /** All pictures of a folder against all true ones. */
    FOLDERS;

    /** Whether a result and its true picture, at most, are all that is looked at. */
    public boolean isSingle() {
      return this == PAIR || this == PICTURE;
    }

    /** Whether one result, with its true picture and its input, is all that is looked at. */
    public boolean isOfOneResult() {
      return isSingle() || this == INPUT;
    }
  }

  private final String label;
  private final Better better;
  private final Subject subject;

  MetricKind(String label, Better better, Subject subject) {
    this.label = label;
    this.better = better;
    this.subject = subject;
  }

  /** The metric of this name. */
  public static Optional<MetricKind> named(String label) {
    return Arrays.stream(values()).filter(kind -> kind.label.equals(label)).findFirst();
  }

  /** All names, in the order of the tables. */
  public static List<String> labels() {
    return Arrays.stream(values()).map(MetricKind::label).toList();
  }

  /** The name. */
  public String label() {
    return label;
  }

  /** Which direction is good. */
  public Better better() {
    return better;
  }

  /** What is judged. */
  public Subject subject() {
    return subject;
  }

  /** Weight files that it needs. */
  public List<MetricFile> files() {
    return switch (this) {
      case PSNR, SSIM, MS_SSIM, LAB_SHIFT, CONSISTENCY, SEAM, SEED_DISAGREEMENT, NIQE_FREE ->
          List.of();
      case LPIPS_ALEX -> List.of(MetricFile.ALEXNET, MetricFile.LPIPS_ALEX);
      case LPIPS_VGG -> List.of(MetricFile.VGG16, MetricFile.LPIPS_VGG);
      case DISTS -> List.of(MetricFile.VGG16, MetricFile.DISTS);
      case NIQE -> List.of(MetricFile.NIQE);
      case MUSIQ -> List.of(MetricFile.MUSIQ);
      case CLIP_IQA, CLIP_IQA_OFFICIAL -> List.of(MetricFile.CLIP_RN50);
      case FID -> List.of(MetricFile.INCEPTION);
    };
  }
}
