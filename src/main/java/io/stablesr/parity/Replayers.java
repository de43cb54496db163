package io.stablesr.parity;

import io.stablesr.network.PerceptualTrunk;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which {@link Replayer} is for which file: by the two digits before the underscore and by the
 * ending, or by the whole name. Immutable.
 */
public final class Replayers {
  /** Files that replayers of other files read. */
  private static final Set<String> INPUTS =
      Set.of("niqe_luma64", "niqe_pris_params", "degrade_params");

  private final Map<String, Entry> entries;

  private record Entry(Optional<Replayer> replayer, String reason) {}

  private Replayers(Map<String, Entry> entries) {
    this.entries = Map.copyOf(entries);
  }

  /** Everything that is known. */
  public static Replayers standard() {
    Map<String, Entry> entries = new LinkedHashMap<>();
    tensors(entries, "01", new ScheduleReplayer());
    tensors(entries, "02", new TimestepEmbeddingReplayer());
    tensors(entries, "03", new ConditionEncoderReplayer());
    tensors(entries, "04", new DenoiserReplayer());
    tensors(entries, "05", new TraceReplayer());
    tensors(entries, "06", new AutoencoderReplayer());
    tensors(entries, "07", new SamplingReplayer());
    tensors(entries, "08", new SamplingReplayer());
    tensors(entries, "09", new SamplingReplayer());
    tensors(entries, "11", new TileReplayer());
    entries.put("11.json", new Entry(Optional.of(new TilePositionsReplayer()), ""));
    tensors(entries, "12", new ColorFixReplayer());
    tensors(entries, "13", new ResizeReplayer());
    tensors(entries, "14", new TextReplayer());
    entries.put("14.json", new Entry(Optional.of(new PromptReplayer()), ""));
    tensors(entries, "15", new ScriptReplayer());
    tensors(entries, "16", new TrainingReplayer());
    tensors(entries, "17", new DegradationReplayer());
    tensors(entries, "classic", new ClassicMetricsReplayer());
    tensors(entries, "lpips_alex", new LpipsReplayer(PerceptualTrunk.ALEX));
    tensors(entries, "lpips_vgg", new LpipsReplayer(PerceptualTrunk.VGG16));
    tensors(entries, "dists", new DistsReplayer());
    tensors(entries, "clipiqa", new ClipIqaReplayer());
    tensors(entries, "musiq", new MusiqReplayer());
    tensors(entries, "fid", new FrechetReplayer());
    tensors(entries, "srvgg_x4v3", new SrvggReplayer());
    tensors(entries, "resample", new ResampleReplayer());
    tensors(entries, "degrade", new OperatorReplayer());
    entries.put("*_metrics.csv", new Entry(Optional.of(new PublishedScoresReplayer()), ""));
    tensors(entries, "codeformer", new CodeFormerReplayer());
    tensors(entries, "retinaface_r50", new RetinaFaceReplayer());
    missing(entries, "rrdbnet_x2", "this build has no RRDBNet");
    missing(entries, "rrdbnet_x4", "this build has no RRDBNet");
    missing(entries, "swinir_l_x4", "this build has no SwinIR");
    return new Replayers(entries);
  }

  private static void tensors(Map<String, Entry> entries, String number, Replayer replayer) {
    entries.put(number + ".safetensors", new Entry(Optional.of(replayer), ""));
  }

  private static void missing(Map<String, Entry> entries, String name, String reason) {
    entries.put(name + ".safetensors", new Entry(Optional.empty(), reason));
  }

  /** Whether the file is read together with another one. */
  boolean isCompanion(String fileName) {
    String name = withoutEnding(fileName);
    boolean figures =
        fileName.endsWith(".json")
            && number(fileName).isEmpty()
            && entries.containsKey(name + ".safetensors");
    return figures || INPUTS.contains(name);
  }

  /** Why a file of a known kind cannot be replayed by this build; empty where it can. */
  Optional<String> missing(String fileName) {
    return entry(fileName).filter(entry -> entry.replayer().isEmpty()).map(Entry::reason);
  }

  /** The replayer of a file, if there is one. */
  Optional<Replayer> find(String fileName) {
    return entry(fileName).flatMap(Entry::replayer);
  }

  /** Why there is none. */
  String reason(String fileName) {
    return entry(fileName).map(Entry::reason).orElse("unknown kind of file");
  }

  private Optional<Entry> entry(String fileName) {
    String ending = fileName.substring(fileName.lastIndexOf('.') + 1);
    if (fileName.endsWith("_metrics.csv")) {
      return Optional.of(entries.get("*_metrics.csv"));
    }
    String key = number(fileName).orElse(withoutEnding(fileName));
    return Optional.ofNullable(entries.get(key + "." + ending));
  }

  /** A file's name up to its last dot. */
  static String withoutEnding(String fileName) {
    return fileName.replaceFirst("\\.[^.]*$", "");
  }

  /** The two digits a recorded file's name begins with. */
  static Optional<String> number(String fileName) {
    return fileName.matches("\\d\\d_.*") ? Optional.of(fileName.substring(0, 2)) : Optional.empty();
  }
}
