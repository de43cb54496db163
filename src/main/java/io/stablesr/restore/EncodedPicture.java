package io.stablesr.restore;

import io.stablesr.core.FloatTensor;
import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.TensorScope;
import java.util.Map;

/**
 * What {@link TiledAutoencoder#encode} yields: the moments, and what decoding with feature wrapping
 * needs of the picture. Holds device memory until closed when it was encoded untiled and features
 * were kept: per pixel about 400 bytes in the published architecture.
 */
public final class EncodedPicture implements AutoCloseable {
  private final FloatTensor picture;
  private final FloatTensor moments;
  private final PictureStatistics statistics;
  private final TensorScope scope;
  private final Map<String, DeviceTensor> features;

  /** Whether features of an untiled picture stay on the device for decoding. */
  public enum Features {
    /** They stay: right where a decoding with a fusion weight above 0 follows soon. */
    KEEP,
    /** They are computed again if they are needed after all. */
    DROP
  }

  EncodedPicture(
      FloatTensor picture,
      FloatTensor moments,
      PictureStatistics statistics,
      TensorScope scope,
      Map<String, DeviceTensor> features) {
    this.picture = picture;
    this.moments = moments;
    this.statistics = statistics;
    this.scope = scope;
    this.features = Map.copyOf(features);
  }

  /** Mean and log variance of the posterior, {@code [1,8,h,w]}. */
  public FloatTensor moments() {
    return moments;
  }

  /** The picture itself, {@code [1,3,H,W]} in -1..1. */
  FloatTensor picture() {
    return picture;
  }

  /** Statistics of the encoder's normalisations; unknown for an untiled picture. */
  PictureStatistics statistics() {
    return statistics;
  }

  /** Features on the device by input name; empty where none were kept. */
  Map<String, DeviceTensor> features() {
    return features;
  }

  @Override
  public void close() {
    scope.close();
  }
}
