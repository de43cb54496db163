package io.stablesr.image;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Attr;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/**
 * Brings an XMP packet in line with a result: sizes and orientation get their new values,
 * thumbnails and what only the original file can mean are removed, everything else stays.
 */
final class XmpPacket {
  private static final String TIFF = "http://ns.adobe.com/tiff/1.0/";
  private static final String EXIF = "http://ns.adobe.com/exif/1.0/";
  private static final String XMP = "http://ns.adobe.com/xap/1.0/";
  private static final String NOTE = "http://ns.adobe.com/xmp/note/";
  private static final String PANORAMA = "http://ns.google.com/photos/1.0/panorama/";

  private static final int MAX_DEPTH = 100;

  private XmpPacket() {}

  /**
   * The packet for a result.
   *
   * @throws IOException where it is no XML
   */
  static byte[] forResult(byte[] packet, int width, int height) throws IOException {
    Map<String, String> values =
        Map.of(
            TIFF + "ImageWidth", String.valueOf(width),
            TIFF + "ImageLength", String.valueOf(height),
            TIFF + "Orientation", "1",
            EXIF + "PixelXDimension", String.valueOf(width),
            EXIF + "PixelYDimension", String.valueOf(height));
    try {
      Document document = parse(packet);
      update(document.getDocumentElement(), values, 0);
      return serialize(document);
    } catch (SAXException | ParserConfigurationException | TransformerException e) {
      throw new IOException("the XMP packet is damaged", e);
    }
  }

  private static void update(Element element, Map<String, String> values, int depth)
      throws IOException {
    if (depth > MAX_DEPTH) {
      throw new IOException("the XMP packet is nested more than %d deep".formatted(MAX_DEPTH));
    }
    List<Attr> attributes = new ArrayList<>();
    for (int i = 0; i < element.getAttributes().getLength(); i++) {
      attributes.add((Attr) element.getAttributes().item(i));
    }
    for (Attr attribute : attributes) {
      String value = values.get(attribute.getNamespaceURI() + attribute.getLocalName());
      if (value != null) {
        attribute.setValue(value);
      } else if (isOfTheOriginalOnly(attribute)) {
        element.removeAttributeNode(attribute);
      }
    }
    List<Element> children = new ArrayList<>();
    NodeList nodes = element.getChildNodes();
    for (int i = 0; i < nodes.getLength(); i++) {
      if (nodes.item(i) instanceof Element child) {
        children.add(child);
      }
    }
    for (Element child : children) {
      String value = values.get(child.getNamespaceURI() + child.getLocalName());
      if (value != null) {
        child.setTextContent(value);
      } else if (isOfTheOriginalOnly(child)) {
        element.removeChild(child);
      } else {
        update(child, values, depth + 1);
      }
    }
  }

  /** Thumbnails, the link to a second packet, and the pixel positions of panoramas. */
  private static boolean isOfTheOriginalOnly(Node node) {
    String space = node.getNamespaceURI();
    String name = node.getLocalName();
    return (XMP.equals(space) && "Thumbnails".equals(name))
        || (NOTE.equals(space) && "HasExtendedXMP".equals(name))
        || (PANORAMA.equals(space) && name.endsWith("Pixels"));
  }

  private static Document parse(byte[] packet)
      throws ParserConfigurationException, SAXException, IOException {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
    factory.setNamespaceAware(true);
    factory.setExpandEntityReferences(false);
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    DocumentBuilder builder = factory.newDocumentBuilder();
    builder.setErrorHandler(new Strict());
    int length = packet.length;
    while (length > 0 && packet[length - 1] == 0) {
      length--;
    }
    return builder.parse(new ByteArrayInputStream(packet, 0, length));
  }

  private static byte[] serialize(Document document) throws TransformerException {
    TransformerFactory factory = TransformerFactory.newDefaultInstance();
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    Transformer transformer = factory.newTransformer();
    transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
    transformer.setOutputProperty(OutputKeys.ENCODING, StandardCharsets.UTF_8.name());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    transformer.transform(new DOMSource(document), new StreamResult(out));
    return out.toByteArray();
  }

  /** The default handler prints to stderr. */
  private static final class Strict implements ErrorHandler {
    @Override
    public void warning(SAXParseException e) {
      // What the packet means is not affected.
    }

    @Override
    public void error(SAXParseException e) throws SAXException {
      throw e;
    }

    @Override
    public void fatalError(SAXParseException e) throws SAXException {
      throw e;
    }
  }
}
