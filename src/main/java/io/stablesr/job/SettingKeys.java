package io.stablesr.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.NearestName;
import io.stablesr.core.StableSrException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The settings that exist, read from {@code reference.conf}: no other list of keys is kept. */
public final class SettingKeys {
  private static final String ROOT = "stablesr";

  private final Config reference;
  private final Map<String, SettingKey> keys;

  private SettingKeys(Config reference, Map<String, SettingKey> keys) {
    this.reference = reference;
    this.keys = Collections.unmodifiableMap(keys);
  }

  /** Reads {@code reference.conf} from the class path. */
  public static SettingKeys reference() {
    Config reference =
        ConfigFactory.parseResources(SettingKeys.class.getClassLoader(), "reference.conf")
            .resolve()
            .getConfig(ROOT);
    List<Map.Entry<String, ConfigValue>> leaves = new ArrayList<>();
    collect("", reference.root(), leaves);
    leaves.sort(Comparator.comparingInt(leaf -> leaf.getValue().origin().lineNumber()));
    Map<String, SettingKey> keys = new LinkedHashMap<>();
    for (Map.Entry<String, ConfigValue> leaf : leaves) {
      ConfigValue value = leaf.getValue();
      SettingKey.Kind kind = kind(value, reference, leaf.getKey());
      keys.put(
          leaf.getKey(),
          new SettingKey(
              leaf.getKey(),
              kind,
              kind == SettingKey.Kind.DECIMAL
                  ? reference.getString(leaf.getKey())
                  : value.render(ConfigRenderOptions.concise()),
              String.join(" ", value.origin().comments()).strip().replaceAll("\\s+", " ")));
    }
    return new SettingKeys(reference, keys);
  }

  /** All settings in the order of {@code reference.conf}. */
  public Collection<SettingKey> all() {
    return keys.values();
  }

  /** The reference defaults, with paths below {@code stablesr}. */
  Config defaults() {
    return reference;
  }

  /**
   * Takes the {@code stablesr} block out of a parsed file.
   *
   * @throws StableSrException ({@link ErrorCode#CONFIG}) when there is anything beside it
   */
  static Config block(Config file, String origin) {
    for (String key : file.root().keySet()) {
      if (!key.equals(ROOT)) {
        throw new StableSrException(
            ErrorCode.CONFIG,
            "Key '%s' in %s is outside of the block 'stablesr { ... }'; move it inside."
                .formatted(key, origin));
      }
    }
    return file.hasPath(ROOT) ? file.getConfig(ROOT) : ConfigFactory.empty();
  }

  /**
   * Checks that a layer sets only keys that exist, to values of the right kind.
   *
   * @throws StableSrException ({@link ErrorCode#CONFIG}) naming the key, and the nearest known one
   */
  void check(SettingsLayer layer) {
    check("", layer.values().root(), layer);
  }

  private void check(String prefix, ConfigObject object, SettingsLayer layer) {
    for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
      String path = join(prefix, entry.getKey());
      SettingKey key = keys.get(path);
      if (key != null) {
        checkKind(key, layer);
      } else if (entry.getValue() instanceof ConfigObject group && isGroup(path)) {
        check(path, group, layer);
      } else {
        throw new StableSrException(
            ErrorCode.CONFIG,
            "Setting '%s' (%s) is unknown; the nearest known setting is '%s'."
                .formatted(path, layer.origin(), NearestName.of(path, keys.keySet())));
      }
    }
  }

  private static void checkKind(SettingKey key, SettingsLayer layer) {
    Config values = layer.values();
    try {
      switch (key.kind()) {
        // Config itself would cut 2.5 to 2.
        case INTEGER -> new BigDecimal(values.getString(key.path())).longValueExact();
        case DECIMAL -> values.getDouble(key.path());
        case FLAG -> values.getBoolean(key.path());
        case TEXT -> values.getString(key.path());
        case LIST -> {
          if (values.getValue(key.path()).valueType() == ConfigValueType.LIST) {
            values.getStringList(key.path());
          } else {
            values.getString(key.path());
          }
        }
        case MAP -> values.getObject(key.path());
      }
    } catch (ConfigException | ArithmeticException | NumberFormatException e) {
      String expected =
          switch (key.kind()) {
            case INTEGER -> "a whole number";
            case DECIMAL -> "a number";
            case FLAG -> "true or false";
            case TEXT -> "text";
            case LIST -> "a list of texts";
            case MAP -> "a block of keys and values";
          };
      throw new StableSrException(
          ErrorCode.CONFIG,
          "Setting '%s' (%s) is %s; it must be %s."
              .formatted(
                  key.path(),
                  layer.origin(),
                  values.getValue(key.path()).render(ConfigRenderOptions.concise()),
                  expected),
          e);
    }
  }

  private boolean isGroup(String path) {
    return keys.keySet().stream().anyMatch(key -> key.startsWith(path + "."));
  }

  private static void collect(
      String prefix, ConfigObject object, List<Map.Entry<String, ConfigValue>> leaves) {
    for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
      String path = join(prefix, entry.getKey());
      if (entry.getValue() instanceof ConfigObject group && !group.isEmpty()) {
        collect(path, group, leaves);
      } else {
        leaves.add(Map.entry(path, entry.getValue()));
      }
    }
  }

  private static String join(String prefix, String key) {
    String quoted = ConfigUtil.joinPath(key);
    return prefix.isEmpty() ? quoted : prefix + "." + quoted;
  }

  private static SettingKey.Kind kind(ConfigValue value, Config reference, String path) {
    ConfigValueType type = value.valueType();
    return switch (type) {
      case OBJECT -> SettingKey.Kind.MAP;
      case BOOLEAN -> SettingKey.Kind.FLAG;
      case NUMBER ->
          // The text as written: 4.0 is a number that may have a fraction, 4 is not.
          reference.getString(path).contains(".")
              ? SettingKey.Kind.DECIMAL
              : SettingKey.Kind.INTEGER;
      case STRING -> SettingKey.Kind.TEXT;
      case LIST -> SettingKey.Kind.LIST;
      case NULL -> throw new IllegalStateException("reference.conf holds a " + type);
    };
  }
}
