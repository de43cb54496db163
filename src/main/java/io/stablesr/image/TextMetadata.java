package io.stablesr.image;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.imageio.metadata.IIOInvalidTreeException;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;
import javax.imageio.plugins.tiff.TIFFTag;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Texts and colour settings in the metadata trees of the JDK's writers; keys are sorted. */
final class TextMetadata {
  private TextMetadata() {}

  /** Refuses keys that PNG cannot store; the rule holds for all formats alike. */
  static void requireKeywords(Map<String, String> text) {
    for (String key : text.keySet()) {
      boolean latin = StandardCharsets.ISO_8859_1.newEncoder().canEncode(key);
      boolean printable = key.chars().noneMatch(c -> c < 32 || (c > 126 && c < 161));
      if (key.isEmpty() || key.length() > 79 || !latin || !printable || !key.equals(key.strip())) {
        throw new IllegalArgumentException(
            "A text key must be 1..79 printable Latin-1 characters without spaces around, got '%s'"
                .formatted(key));
      }
    }
  }

  /** Latin-1 texts as tEXt, others as iTXt; the pixels are marked as sRGB. */
  static void addToPng(IIOMetadata metadata, Map<String, String> text)
      throws IIOInvalidTreeException {
    IIOMetadataNode root = new IIOMetadataNode("javax_imageio_png_1.0");
    IIOMetadataNode srgb = new IIOMetadataNode("sRGB");
    srgb.setAttribute("renderingIntent", "Perceptual");
    root.appendChild(srgb);
    IIOMetadataNode plain = new IIOMetadataNode("tEXt");
    IIOMetadataNode international = new IIOMetadataNode("iTXt");
    new TreeMap<>(text)
        .forEach(
            (key, value) -> {
              if (StandardCharsets.ISO_8859_1.newEncoder().canEncode(value)) {
                plain.appendChild(node("tEXtEntry", "keyword", key, "value", value));
              } else {
                international.appendChild(
                    node(
                        "iTXtEntry",
                        "keyword",
                        key,
                        "compressionFlag",
                        "FALSE",
                        "compressionMethod",
                        "0",
                        "languageTag",
                        "",
                        "translatedKeyword",
                        "",
                        "text",
                        value));
              }
            });
    for (IIOMetadataNode node : new IIOMetadataNode[] {international, plain}) {
      if (node.hasChildNodes()) {
        root.appendChild(node);
      }
    }
    metadata.mergeTree("javax_imageio_png_1.0", root);
  }

  /** One UTF-8 comment with a line per key; no chroma subsampling. */
  static void addToJpeg(IIOMetadata metadata, Map<String, String> text)
      throws IIOInvalidTreeException {
    String format = "javax_imageio_jpeg_image_1.0";
    Element root = (Element) metadata.getAsTree(format);
    NodeList components = root.getElementsByTagName("componentSpec");
    for (int i = 0; i < components.getLength(); i++) {
      Element component = (Element) components.item(i);
      component.setAttribute("HsamplingFactor", "1");
      component.setAttribute("VsamplingFactor", "1");
    }
    if (!text.isEmpty()) {
      IIOMetadataNode comment = new IIOMetadataNode("com");
      comment.setUserObject(lines(text).getBytes(StandardCharsets.UTF_8));
      Element sequence = (Element) root.getElementsByTagName("markerSequence").item(0);
      sequence.insertBefore(comment, sequence.getFirstChild());
    }
    metadata.setFromTree(format, root);
  }

  /** An image description with a line per key; TIFF texts are ASCII, so others are escaped. */
  static IIOMetadata withTiffDescription(IIOMetadata metadata, Map<String, String> text)
      throws IIOInvalidTreeException {
    if (text.isEmpty()) {
      return metadata;
    }
    TIFFDirectory directory = TIFFDirectory.createFromMetadata(metadata);
    TIFFTag tag = BaselineTIFFTagSet.getInstance().getTag(BaselineTIFFTagSet.TAG_IMAGE_DESCRIPTION);
    directory.addTIFFField(
        new TIFFField(tag, TIFFTag.TIFF_ASCII, 1, new String[] {escapeToAscii(lines(text))}));
    return directory.getAsMetadata();
  }

  private static String lines(Map<String, String> text) {
    return new TreeMap<>(text)
        .entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining("\n"));
  }

  private static String escapeToAscii(String text) {
    return text.chars()
        .mapToObj(c -> c < 128 ? String.valueOf((char) c) : "\\u%04x".formatted(c))
        .collect(Collectors.joining());
  }

  private static IIOMetadataNode node(String name, String... attributes) {
    IIOMetadataNode node = new IIOMetadataNode(name);
    for (int i = 0; i < attributes.length; i += 2) {
      node.setAttribute(attributes[i], attributes[i + 1]);
    }
    return node;
  }
}
