-- The default company's folders stay: files may lie in them by now.
drop index media.assets_marker_key;
drop table media.unsettled_files;
