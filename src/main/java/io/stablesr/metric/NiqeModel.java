package io.stablesr.metric;

import io.stablesr.core.Digests;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/** Mean and covariance of the features of pristine pictures. */
public final class NiqeModel {
  /** Our own model's name in the jar. */
  static final String OWN = "niqe-free.npz";

  private final double[] mean;
  private final double[] covariance;

  /**
   * @param mean {@code [36]}
   * @param covariance {@code [36*36]}
   */
  NiqeModel(double[] mean, double[] covariance) {
    if (mean.length != NiqeFeatures.COUNT
        || covariance.length != NiqeFeatures.COUNT * NiqeFeatures.COUNT) {
      throw new StableSrException(
          ErrorCode.CHECKPOINT_CORRUPT,
          "A NIQE model has 36 means and 1296 covariances; this one has %d and %d."
              .formatted(mean.length, covariance.length));
    }
    this.mean = mean.clone();
    this.covariance = covariance.clone();
  }

  /** The model in the jar, fitted to freely licensed photographs (docs/metrics.md). */
  public static NiqeModel free() {
    try (InputStream file = NiqeModel.class.getResourceAsStream(OWN)) {
      return read(file);
    } catch (IOException e) {
      throw new StableSrException(ErrorCode.INTERNAL, "The jar's NIQE model cannot be read.", e);
    }
  }

  /** SHA-256 of the model in the jar. */
  static String freeSha256() {
    try (InputStream file = NiqeModel.class.getResourceAsStream(OWN)) {
      return Digests.sha256(file.readAllBytes());
    } catch (IOException e) {
      throw new StableSrException(ErrorCode.INTERNAL, "The jar's NIQE model cannot be read.", e);
    }
  }

  /**
   * Reads a NumPy archive with {@code mu_pris_param} and {@code cov_pris_param} in double
   * precision: the published {@code niqe_pris_params.npz}, or one that {@link #write} wrote.
   *
   * @param file not closed
   * @throws StableSrException CHECKPOINT_CORRUPT where it is none
   */
  public static NiqeModel read(InputStream file) throws IOException {
    Map<String, double[]> arrays = NumpyArchive.read(new BufferedInputStream(file));
    return new NiqeModel(required(arrays, "mu_pris_param"), required(arrays, "cov_pris_param"));
  }

  /** Writes what {@link #read} reads. */
  public byte[] write() throws IOException {
    int n = NiqeFeatures.COUNT;
    return NumpyArchive.write(
        Map.of(
            "mu_pris_param", new NumpyArchive.Array(new int[] {1, n}, mean),
            "cov_pris_param", new NumpyArchive.Array(new int[] {n, n}, covariance)));
  }

  private static double[] required(Map<String, double[]> arrays, String name) {
    double[] values = arrays.get(name);
    if (values == null) {
      throw new StableSrException(
          ErrorCode.CHECKPOINT_CORRUPT,
          "The archive has no array %s; it has %s.".formatted(name, arrays.keySet()));
    }
    return values;
  }

  double[] mean() {
    return mean.clone();
  }

  double[] covariance() {
    return covariance.clone();
  }
}
