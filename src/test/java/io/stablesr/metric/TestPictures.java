package io.stablesr.metric;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.stablesr.SharedFolder;
import io.stablesr.core.FloatTensor;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.ImageDecoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Pictures and recorded figures of the shared folder. */
final class TestPictures {
  private TestPictures() {}

  static FloatTensor read(Path file) throws IOException {
    return new ImageDecoder(new DecodeLimits(50_000_000, 100))
        .decode(file.toString(), Files.readAllBytes(file))
        .rgb();
  }

  static FloatTensor recorded(String name) throws IOException {
    return read(SharedFolder.path("goldens2/public/images/" + name + ".png"));
  }

  static JsonObject figures(String name) throws IOException {
    return JsonParser.parseString(
            Files.readString(SharedFolder.path("goldens2/public/" + name + ".json")))
        .getAsJsonObject();
  }
}
