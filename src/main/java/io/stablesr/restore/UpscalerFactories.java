package io.stablesr.restore;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.ServiceLoader;

/** Finds the upscaling engine of this build. */
public final class UpscalerFactories {
  private UpscalerFactories() {}

  /**
   * The engine named in {@code META-INF/services/io.stablesr.restore.UpscalerFactory}.
   *
   * @throws StableSrException ({@link ErrorCode#ENGINE}) when there is none
   */
  public static UpscalerFactory find() {
    return ServiceLoader.load(UpscalerFactory.class)
        .findFirst()
        .orElseThrow(
            () ->
                new StableSrException(
                    ErrorCode.ENGINE,
                    "This build has no upscaling engine:"
                        + " META-INF/services/io.stablesr.restore.UpscalerFactory names no class."));
  }
}
