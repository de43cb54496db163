package io.stablesr.parity;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.stablesr.network.text.ClipTokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** 14, the JSON file: prompts and their token ids. */
final class PromptReplayer implements Replayer {
  @Override
  public void replay(Path file, Replay replay) {
    JsonObject root = JsonFiles.object(file);
    List<String> prompts = prompts(root);
    ClipTokenizer tokenizer = ClipTokenizer.load();
    int[][] rows =
        prompts.stream()
            .map(prompt -> Arrays.stream(tokenizer.encode(prompt)).mapToInt(i -> (int) i).toArray())
            .toArray(int[][]::new);
    if (root.has("tokens")) {
      JsonArray recorded = root.getAsJsonArray("tokens");
      for (int i = 0; i < rows.length; i++) {
        replay.check("tokens[%d]".formatted(i), rows[i], ints(recorded.get(i)));
      }
    }
    if (root.has("lengths_incl_sot_eot")) {
      int[] lengths = Arrays.stream(rows).mapToInt(PromptReplayer::length).toArray();
      replay.check("lengths_incl_sot_eot", lengths, ints(root.get("lengths_incl_sot_eot")));
    }
  }

  static List<String> prompts(JsonObject root) {
    List<String> prompts = new ArrayList<>();
    root.getAsJsonArray("prompts").forEach(prompt -> prompts.add(prompt.getAsString()));
    return prompts;
  }

  /** A prompt may hold further end ids; the recorded length goes up to the first. */
  private static int length(int[] row) {
    return IntStream.range(0, row.length)
            .filter(i -> row[i] == ClipTokenizer.END_ID)
            .findFirst()
            .orElse(row.length - 1)
        + 1;
  }

  private static int[] ints(JsonElement array) {
    return StreamSupport.stream(array.getAsJsonArray().spliterator(), false)
        .mapToInt(JsonElement::getAsInt)
        .toArray();
  }
}
