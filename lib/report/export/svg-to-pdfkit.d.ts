declare module 'svg-to-pdfkit' {
  /** Draws an SVG into the current page of a document. */
  export default function svgToPdf(
    document: PDFKit.PDFDocument,
    svg: string,
    x: number,
    y: number,
    options: {
      assumePt: boolean;
      fontCallback: (family: string, isBold: boolean, isItalic: boolean) => string;
      warningCallback: (warning: string) => void;
    },
  ): void;
}
