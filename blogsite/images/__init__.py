"""Images: sizes, orientation, resized versions, social cards, and the cache of what was encoded.

In: files and settings. Out: what is known of each image (FileInfo), and the bytes that are published. Pillow is
imported only when an image is decoded or encoded. May import content/, config/ and core/.
"""
