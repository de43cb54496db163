package io.stablesr.parity;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Recorded JSON files. */
final class JsonFiles {
  private JsonFiles() {}

  static JsonObject object(Path file) {
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      return JsonParser.parseString(text).getAsJsonObject();
    } catch (IOException | JsonParseException | IllegalStateException e) {
      throw new StableSrException(
          ErrorCode.CONFIG, "Cannot read %s: %s".formatted(file, e.getMessage()), e);
    }
  }
}
