package io.stablesr.parity;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.stablesr.diffusion.PixelTiles;
import io.stablesr.diffusion.TileGrid;
import io.stablesr.diffusion.Window;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/** 11, the JSON file: where tiles lie and in which order (docs/mathematics.md 4.1, 4.3). */
final class TilePositionsReplayer implements Replayer {
  private static final Pattern LATENT = Pattern.compile("H(\\d+)_W(\\d+)_tile(\\d+)_ov(\\d+)");
  private static final Pattern PIXEL = Pattern.compile("H(\\d+)_W(\\d+)_size(\\d+)_stride(\\d+)");

  @Override
  public void replay(Path file, Replay replay) {
    JsonObject root = JsonFiles.object(file);
    section(replay, root, "latent_tiles", LATENT, TilePositionsReplayer::latent);
    section(replay, root, "pixel_spliter", PIXEL, TilePositionsReplayer::pixel);
  }

  private interface Case {
    void check(Replay replay, String name, int[] numbers, JsonElement recorded);
  }

  private static void section(
      Replay replay, JsonObject root, String section, Pattern pattern, Case check) {
    if (!root.has(section)) {
      return;
    }
    for (Map.Entry<String, JsonElement> entry : root.getAsJsonObject(section).entrySet()) {
      String name = section + "/" + entry.getKey();
      Matcher key = pattern.matcher(entry.getKey());
      if (key.matches()) {
        int[] numbers = {number(key, 1), number(key, 2), number(key, 3), number(key, 4)};
        check.check(replay, name, numbers, entry.getValue());
      } else if (entry.getValue().isJsonArray()) {
        replay.omit(name, "its name is not known here");
      }
    }
  }

  private static void latent(Replay replay, String name, int[] n, JsonElement recorded) {
    List<Window> tiles = new TileGrid(n[0], n[1], n[2], n[3]).tiles();
    replay.check(name, flat(tiles, w -> new int[] {w.y(), w.x()}), flat(recorded));
  }

  private static void pixel(Replay replay, String name, int[] n, JsonElement recorded) {
    JsonObject json = recorded.getAsJsonObject();
    List<Window> tiles = PixelTiles.of(n[0], n[1], n[2], n[3]);
    replay.check(
        name + "/order",
        flat(tiles, w -> new int[] {w.y(), w.y() + w.height(), w.x(), w.x() + w.width()}),
        flat(json.get("order")));
    replay.check(
        name + "/h_starts", PixelTiles.starts(n[0], n[2], n[3]), flat(json.get("h_starts")));
    replay.check(
        name + "/w_starts", PixelTiles.starts(n[1], n[2], n[3]), flat(json.get("w_starts")));
  }

  private static int[] flat(List<Window> tiles, Function<Window, int[]> numbers) {
    return tiles.stream().map(numbers).flatMapToInt(Arrays::stream).toArray();
  }

  private static int[] flat(JsonElement element) {
    if (!element.isJsonArray()) {
      return new int[] {element.getAsInt()};
    }
    JsonArray array = element.getAsJsonArray();
    return StreamSupport.stream(array.spliterator(), false)
        .flatMapToInt(value -> Arrays.stream(flat(value)))
        .toArray();
  }

  private static int number(Matcher matcher, int group) {
    return Integer.parseInt(matcher.group(group));
  }
}
