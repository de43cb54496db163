package io.stablesr.image;

import io.stablesr.core.FloatTensor;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Results of sources, as a job writes them. */
final class Results {
  private Results() {}

  /** Adds what could not be kept to {@code warnings}. */
  static byte[] encode(
      DecodedImage source,
      FloatTensor image,
      OutputFormat format,
      ProfilePolicy profile,
      Map<String, String> text,
      List<ImageWarning> warnings) {
    PictureRequest request =
        new PictureRequest(
            image.dim(2),
            image.dim(1),
            source.source().colors(),
            source.alpha(),
            source.resultProfile(profile),
            source.metadata(),
            text);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (StripWriter writer = new ImageEncoder(format, PixelRounding.ROUND).open(request, out)) {
      writer.write(image);
      warnings.addAll(writer.finish());
    }
    return out.toByteArray();
  }

  /** The same without texts and warnings. */
  static byte[] encode(DecodedImage source, FloatTensor image, OutputFormat format) {
    return encode(source, image, format, ProfilePolicy.KEEP, Map.of(), new ArrayList<>());
  }
}
